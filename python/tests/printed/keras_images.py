"""Images of Keras: batches that are changed at random."""
import numpy as np, tensorflow as tf, os
tf.logging.set_verbosity(tf.logging.ERROR)
I=tf.keras.preprocessing.image
x=np.random.RandomState(0).uniform(0,255,(6,9,8,3)).astype('f'); y=np.arange(6)
def show(a): print(a.shape, np.round(a.ravel()[[0,17,60,100]],2).tolist(), round(float(a.mean()),3), round(float(a.std()),3))
for kw in (dict(),dict(rescale=1/255.,horizontal_flip=True,vertical_flip=True),dict(width_shift_range=0.2,height_shift_range=[-2,1],fill_mode='constant',cval=9.),dict(rotation_range=40),dict(shear_range=20.,fill_mode='reflect'),dict(zoom_range=0.3,fill_mode='constant'),dict(channel_shift_range=30.),dict(brightness_range=(0.5,1.5)),dict(featurewise_center=True,featurewise_std_normalization=True),dict(samplewise_center=True,samplewise_std_normalization=True)):
    g=I.ImageDataGenerator(**kw); g.fit(x); it=g.flow(x,y,batch_size=4,seed=3)
    print(sorted(kw), len(it)); b,l=next(it); print(l.tolist()); show(b)
    b,l=next(it); print(l.tolist()); show(b)
for c in 'ab':
    os.makedirs('imgs/'+c,exist_ok=True)
    for i in range(3): I.save_img('imgs/%s/%d.png'%(c,i), x[i+3*(c=='b')], scale=False)
it=I.ImageDataGenerator(validation_split=0.34).flow_from_directory('imgs',target_size=(5,5),batch_size=3,seed=1,subset='training'); b,l=next(it); print(it.class_indices,it.filenames,l.tolist()); show(b)
